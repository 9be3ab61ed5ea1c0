# Net::NNTP's methods against a practice server. Usage: nntp.pl HOST PORT

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use check;
use Net::NNTP;

my ($host, $port) = @ARGV;
my $nntp = Net::NNTP->new($host, Port => $port, Reader => 1, Timeout => 20) or die "$@\n";
ok($nntp->reader && $nntp->postok && $nntp->date, 'reader, postok, date', $nntp);

my $group = 'comp.lang.python';
is("@{ $nntp->list->{$group} }", '3 1 y', 'list');
is(join(' ', $nntp->group($group)), "3 1 3 $group", 'group');
is(join(' ', $nntp->group), "3 1 3 $group", 'group without a name');
is(join(' ', @{ $nntp->listgroup($group) }), '1 2 3', 'listgroup');
ok(!$nntp->group('no.such'), 'a group that is not there', $nntp);
ok($nntp->newsgroups->{$group} =~ /Python/, 'newsgroups', $nntp);
is(join(' ', keys %{ $nntp->active('*.python') }), $group, 'active');
ok($nntp->active_times->{$group}, 'active_times', $nntp);
ok(@{ $nntp->overview_fmt } >= 7, 'overview_fmt', $nntp);
ok($nntp->distributions && $nntp->distribution_patterns && $nntp->subscriptions, 'lists', $nntp);

my $id = $nntp->nntpstat(1);
is($nntp->next, '<python.2@practice.lab>', 'next');
is($nntp->last, $id, 'last');
for my $which (1, $id, undef) {
    my @which = grep { defined } $which;
    my ($article, $head, $body) = ($nntp->article(@which), $nntp->head(@which), $nntp->body(@which));
    is(scalar(@$article), @$head + 1 + @$body, 'an article is its head, an empty line and its body');
}
my $handle = $nntp->articlefh(1);
my $read = 0;
$read++ while defined <$handle>;
close $handle;
is($read, scalar(@{ $nntp->article(1) }), 'articlefh');
ok(!$nntp->article(9999), 'an article that is not there', $nntp);
is($nntp->xhdr('Subject', [1, 3])->{1}, 'Which module speaks NNTP?', 'xhdr');
is($nntp->xover(1)->{1}[3], $id, 'xover');
is(join(' ', keys %{ $nntp->xpat('Subject', 'Which*', [1, 3]) }), '1', 'xpat');
ok($nntp->newgroups(0)->{$group} && @{ $nntp->newnews(0, '*') }, 'newgroups, newnews', $nntp);
ok(@{ $nntp->help }, 'help', $nntp);

my @article = ("From: a\@practice.lab\n", "Newsgroups: misc.test\n", "Subject: perl\n", "\n", ".dot\n");
ok($nntp->post(@article), 'post', $nntp);
ok($nntp->post && $nntp->datasend(@article) && $nntp->dataend, 'post in pieces', $nntp);
$handle = $nntp->postfh;
print $handle join('', @article);
close $handle;
is($nntp->code, 240, 'postfh');
my @more = ("Message-ID: <perl\@client.lab>\n", "Path: x\n", "Date: 5 Jan 2026 09:00:00 +0000\n");
ok($nntp->ihave('<perl@client.lab>', @more, @article), 'ihave', $nntp);
ok(!$nntp->ihave('<perl@client.lab>'), 'ihave again', $nntp);
ok($nntp->authinfo('student', 'lab-secret') && $nntp->group('lab.private'), 'authinfo', $nntp);
ok($nntp->quit, 'quit', $nntp);
print "ok\n";
