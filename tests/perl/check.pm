# What the scripts beside this file share.
package check;

use strict;
use warnings;
use Exporter 'import';

our @EXPORT = qw(ok is);

# Dies unless the call was a success; says what the server answered.
sub ok {
    my ($right, $what, $client) = @_;
    return if $right;
    my $answer = $client ? $client->code . ' ' . $client->message : '';
    die "$what: $answer\n";
}

sub is {
    my ($is, $should, $what) = @_;
    $is = 'undef' unless defined $is;
    die "$what: $is instead of $should\n" if $is ne $should;
}

1;
