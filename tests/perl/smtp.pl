# Net::SMTP's methods against a practice server. Usage: smtp.pl HOST PORT

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use check;
use Net::SMTP;

my ($host, $port) = @ARGV;
my ($from, $to) = ('student@practice.lab', 'you@practice.lab');

my $smtp = Net::SMTP->new($host, Port => $port, Hello => 'client.lab', Timeout => 20) or die "$@\n";
is($smtp->domain, 'practice.lab', 'domain');
ok($smtp->hello('client.lab'), 'hello', $smtp);
for my $keyword (qw(SIZE 8BITMIME PIPELINING DSN CHUNKING SMTPUTF8 AUTH)) {
    ok(defined $smtp->supports($keyword), $keyword, $smtp);
}
ok($smtp->mail($from, Size => 100, Bits => 8, Return => 'HDRS', Envelope => 'a+b'), 'mail', $smtp);
ok($smtp->recipient($to, { Notify => ['FAILURE', 'DELAY'], ORcpt => "rfc822;$to" }), 'rcpt', $smtp);
my @good = $smtp->recipient('alice@practice.lab', 'nobody@practice.lab', { SkipBad => 1 });
is("@good", 'alice@practice.lab', 'recipient with SkipBad');
ok($smtp->cc('bob@practice.lab') && $smtp->bcc('bob@practice.lab'), 'cc, bcc', $smtp);
ok($smtp->data && $smtp->datasend("Subject: perl\n\n.dot\n..\n"), 'datasend', $smtp);
ok($smtp->dataend, 'dataend', $smtp);
ok($smtp->mail($from) && $smtp->reset, 'reset', $smtp);
ok($smtp->mail('<>') && $smtp->to($to), 'the null sender', $smtp);
ok($smtp->data("Subject: list\n", "\n", ".\n"), 'data', $smtp);
{
    # Net::SMTP asks whether CHUNKING has a value, and it has none.
    local $SIG{__WARN__} = sub { };
    ok($smtp->mail($from) && $smtp->to($to), 'mail for bdat', $smtp);
    ok($smtp->bdat("Subject: bdat\r\n\r\n") && $smtp->bdatlast(".\r\n"), 'bdat', $smtp);
}
$smtp->verify('you');
is($smtp->code, 250, 'verify');
$smtp->expand('nobody');
is($smtp->code, 550, 'expand');
$smtp->help;
is($smtp->code, 214, 'help');
ok($smtp->quit, 'quit', $smtp);
print "ok\n";
