import socket


class gopherlib:
    """The calls of Python 2's module, with octets in place of its strings."""

    def send_selector(selector, host, port=0):
        if not port:
            host, _, port = host.partition(':')
        connection = socket.create_connection((host, int(port or 70)))
        connection.sendall(selector.encode() + b'\r\n')
        connection.shutdown(socket.SHUT_WR)
        reply = connection.makefile('rb')
        connection.close()
        return reply

    def send_query(selector, query, host, port=0):
        return gopherlib.send_selector(selector + '\t' + query, host, port)

    def lines(f):
        for line in iter(f.readline, b''):
            end = 2 if line.endswith(b'\r\n') else line.endswith((b'\r', b'\n'))
            line = line[:len(line) - end]
            if line == b'.':
                return
            yield line
        print('(Unexpected EOF from server)')

    def get_directory(f):
        entries = []
        for line in gopherlib.lines(f):
            parts = line[1:].split(b'\t')
            if not line:
                print('(Empty line from server)')
            elif len(parts) < 4:
                print('(Bad line from server: %r)' % line)
            else:
                if len(parts) > 4 and parts[4:] != [b'+']:
                    print('(Extra info from server:', parts[4:], ')')
                entries.append([line[:1]] + parts + [b''] * (len(parts) == 4))
        return entries

    def get_textfile(f):
        lines = []
        gopherlib.get_alt_textfile(f, lines.append)
        return lines

    def get_alt_textfile(f, func):
        for line in gopherlib.lines(f):
            func(line[1:] if line.startswith(b'..') else line)

    def get_binary(f):
        return f.read()

    def get_alt_binary(f, func, blocksize):
        for block in iter(lambda: f.read(blocksize), b''):
            func(block)

    def type_to_name(gtype):
        names = dict(zip('0123456789+secThMIwqg:;<', (
            'TEXT MENU CSO ERROR MACBINHEX PCBINHEX UUENCODED INDEX TELNET BINARY DUPLICATE SOUND EVENT CALENDAR '
            'TN3270 HTML MIME IMAGE WWW QUERY GIF PLUS_IMAGE PLUS_MOVIE PLUS_SOUND').split()))
        return names.get(gtype, 'TYPE=%r' % gtype)

    def path_to_selector(path):
        return '/' if path == '/' else path[2:]

    def path_to_datatype_name(path):
        return "TYPE='unknown'" if path == '/' else gopherlib.type_to_name(path[1])


