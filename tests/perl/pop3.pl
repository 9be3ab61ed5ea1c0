# Net::POP3's methods against a practice server. Usage: pop3.pl HOST PORT

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use check;
use Net::POP3;

my ($host, $port) = @ARGV;

sub open_mailbox { return Net::POP3->new($host, Port => $port, Timeout => 20) || die "$@\n" }

my $pop = open_mailbox();
ok(!defined $pop->login('student', 'wrong'), 'a wrong password', $pop);
is($pop->login('student', 'lab-secret'), 5, 'login');
my ($count, $octets) = $pop->popstat;
my $sizes = $pop->list;
is(scalar(keys %$sizes), $count, 'list');
my $sum = 0;
$sum += $_ for values %$sizes;
is($sum, $octets, 'the sizes');
is($pop->list(1), $sizes->{1}, 'list of one');
is(length join('', map { s/\n/\r\n/r } @{ $pop->get(1) }), $sizes->{1}, 'get');
my $lines = $pop->top(1, 1);
is(scalar(grep { /^Subject: / } @$lines), 1, 'top');
my $handle = $pop->getfh(2);
my $read = '';
while (defined(my $line = <$handle>)) { $read .= $line }
close $handle;
ok($read =~ /^Subject: /m, 'getfh', $pop);
is($pop->uidl->{2}, $pop->uidl(2), 'uidl');
ok(defined $pop->capabilities->{TOP}, 'capabilities', $pop);
ok(!defined $pop->get(99), 'a message that is not there', $pop);
ok($pop->delete(1), 'delete', $pop);
ok(!defined $pop->get(1), 'a deleted message', $pop);
$pop->reset;
ok($pop->ok, 'reset', $pop);
ok($pop->delete(1) && $pop->quit, 'quit', $pop);
$pop = open_mailbox();
is($pop->apop('student', 'lab-secret'), $count - 1, 'apop');
ok($pop->quit, 'quit', $pop);
print "ok\n";
