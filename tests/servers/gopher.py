"""Gopher: Gophernicus, started once for each connection as inetd would."""
import core
import data


def start():
    root, port = data.file_tree(core.WORK / "gopher", core.UID), core.port(70)
    here = f"{core.HOST}\t{port}"
    core.write(root / "gophermap", f"Welcome to the lab\n\n0A text\t/readme.txt\t{here}\n1A folder\t/deep\t{here}\n"
               f"9A binary\t/big.bin\t{here}\n7Search\t/cgi-bin/search\t{here}\nhThe web\tURL:http://localhost/\t{here}\n"
               f"1Elsewhere\t\tgopher.lab.test\t70\n")
    core.write(root / "cgi-bin/search", "#!/bin/sh\n"
               f"printf 'iFor: %s\\t\\tnull.host\\t1\\r\\n0A hit\\t/readme.txt\\t{core.HOST}\\t{port}\\r\\n' \"$SEARCHREQUEST\"\n", 0o755)
    core.inetd("gophernicus", port, ["gophernicus", "-h", core.HOST, "-p", port, "-r", root, "-nm", "-nu", "-no"])
    core.add("gopher", "Gophernicus", "gophernicus", 70, text="/readme.txt", big="/big.bin", big_sha256=data.BIG_SHA256,
             search="/cgi-bin/search")
