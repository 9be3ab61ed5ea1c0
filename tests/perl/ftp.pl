# Net::FTP's methods against a practice server, passive and active. Usage: ftp.pl HOST PORT

use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use check;
use File::Temp;
use Net::FTP;

my ($host, $port) = @ARGV;
my $folder = File::Temp->newdir;
my $file = "$folder/file";

sub content {
    open my $in, '<:raw', $file or die "$file: $!\n";
    local $/;
    return scalar <$in>;
}

sub inside {
    my ($user, $passive) = @_;
    my $ftp = Net::FTP->new($host, Port => $port, Passive => $passive, Timeout => 20) or die "$@\n";
    ok($ftp->login($user, 'lab-secret'), 'login', $ftp);
    return $ftp;
}

sub folders {
    my ($ftp) = @_;
    is($ftp->pwd, '/', 'pwd');
    ok($ftp->cwd('/pub/docs') && $ftp->cdup && $ftp->cwd('..') && $ftp->cwd, 'cwd', $ftp);
    is(join(' ', $ftp->ls('/deep/a/b')), '/deep/a/b/c.txt', 'ls');
    is(scalar(my @names = $ftp->ls('/empty')), 0, 'ls of an empty folder');
    ok(grep({ /^-.* 15 .* hello\.txt$/ } $ftp->dir), 'dir', $ftp);
    is($ftp->mkdir('upload/x/y/z', 1), '/upload/x/y/z', 'mkdir');
    ok($ftp->rmdir('upload/x', 1), 'rmdir', $ftp);
}

sub files {
    my ($ftp) = @_;
    ok($ftp->ascii && $ftp->get('unix.txt', $file), 'get as text', $ftp);
    ok($ftp->binary && $ftp->get('hello.txt', $file), 'get', $ftp);
    is(content(), "Hello, world!\r\n", 'what came');
    is($ftp->size('hello.txt'), 15, 'size');
    is($ftp->mdtm('hello.txt'), 1_765_875_600, 'mdtm');
    ok($ftp->put($file, 'upload/a') && $ftp->append($file, 'upload/a'), 'put, append', $ftp);
    is($ftp->size('upload/a'), 30, 'size of both');
    ok($ftp->rename('upload/a', 'upload/b'), 'rename', $ftp);
    unlink $file;
    ok($ftp->get('upload/b', $file, 23), 'get from an offset', $ftp);
    is(content(), "orld!\r\n", 'the rest');
    ok($ftp->delete('upload/b'), 'delete', $ftp);
    ok($ftp->cwd('/upload'), 'cwd', $ftp);
    my $unique = $ftp->put_unique($file, 'wish');
    ok($unique && $ftp->delete($unique), 'put_unique', $ftp);
    ok($ftp->cwd('/'), 'cwd', $ftp);
}

sub streams {
    my ($ftp) = @_;
    my ($bytes, $data);
    ok($data = $ftp->stor('upload/s'), 'stor', $ftp);
    ok($data->write('hello', 5) == 5 && $data->close, 'close', $ftp);
    ok($data = $ftp->appe('upload/s'), 'appe', $ftp);
    ok($data->write(' more', 5) == 5 && $data->close, 'close', $ftp);
    ok($data = $ftp->retr('upload/s'), 'retr', $ftp);
    $data->read($bytes, 100);
    ok($data->close, 'close', $ftp);
    is($bytes, 'hello more', 'what was stored');
    ok($ftp->delete('upload/s'), 'delete', $ftp);
    ok($data = $ftp->list('/pub'), 'list', $ftp);
    1 while $data->read($bytes, 1000);
    ok($data->close, 'close of a listing', $ftp);
    # A Synch, of which the second IAC is urgent.
    ok($data = $ftp->retr('pub/huge.bin'), 'retr', $ftp);
    $data->read($bytes, 1000);
    $data->abort;
    is($ftp->quot('NOOP'), 2, 'the reply after abort');
    is($ftp->message, "Here I am.\n", 'it is the right one');
}

sub questions {
    my ($ftp) = @_;
    ok($ftp->supported('MDTM'), 'supported', $ftp);
    ok($ftp->feature('MLST'), 'feature', $ftp);
    is($ftp->site('HELP'), 2, 'site');
    is($ftp->quot('STAT'), 2, 'quot');
}

for my $passive (1, 0) {
    my $ftp = inside('student', $passive);
    folders($ftp);
    files($ftp);
    streams($ftp);
    questions($ftp);
    my $guest = inside('anonymous', $passive);
    ok(!$guest->put($file, 'forbidden'), 'a guest writes', $guest);
    ok($ftp->quit && $guest->quit, 'quit', $ftp);
}
print "ok\n";
