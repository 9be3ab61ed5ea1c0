"""What every server uses: ports, the private root, certificates, starting a daemon, the list of endpoints."""
import json
import os
import pathlib
import socket
import subprocess
import threading
import time

HOST, USER, PASSWORD, UID = "127.0.0.1", "student", "lab-secret", 7001
WORK = None  # set by main.py
BASE = None  # set by choose_ports
endpoints, problems = [], []


def choose_ports(base):
    """Takes a block of 1000 ports: whoever listens on its first port has it."""
    global BASE
    for BASE in [base] if base else (13000, 14000, 16000, 17000, 18000, 19000, 20000, 21000, 23000, 24000, 25000):
        holder = socket.socket()
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holder.bind((HOST, BASE))
            holder.listen()
            return holder
        except OSError:
            holder.close()
    raise SystemExit(f"port {BASE} is taken" if base else "every block of ports is taken: end other runs of tests/servers/start")


def port(usual):
    return BASE + usual


def private_root():
    """Overlays over /etc, /var and /usr, an empty /run, a /dev of our own (for /dev/log). Seen only in this namespace."""
    layers = WORK / "layers"
    layers.mkdir()
    sh(f"mount -t tmpfs tmpfs {layers} -o mode=755")
    for top in "etc", "var", "usr":
        upper, scratch = layers / top, layers / f".{top}"
        upper.mkdir(), scratch.mkdir()
        sh(f"mount -t overlay overlay -o lowerdir=/{top},upperdir={upper},workdir={scratch} /{top}")
    sh("mount -t tmpfs tmpfs /run -o mode=755; mkdir -p /run/vsftpd/empty /run/news /run/lock")
    dev = layers / "dev"
    dev.mkdir()
    sh(f"""mount -t tmpfs tmpfs {dev} -o mode=755; cd {dev}
           for d in null zero full random urandom tty; do cp -a /dev/$d .; done
           mkdir pts shm; chmod 1777 shm; mount --bind /dev/pts pts; ln -s pts/ptmx ptmx
           ln -s /proc/self/fd fd; ln -s fd/0 stdin; ln -s fd/1 stdout; ln -s fd/2 stderr
           mount --rbind . /dev""")
    (WORK / "log").mkdir()
    (WORK / "log").chmod(0o777)
    users()


def users():
    home = WORK / "home"
    home.mkdir()
    os.chown(home, UID, UID)
    known = {line.split(":")[0] for line in open("/etc/passwd")}
    password = sh(f"openssl passwd -6 {PASSWORD}").strip()
    with open("/etc/passwd", "a") as passwd, open("/etc/group", "a") as group, open("/etc/shadow", "a") as shadow:
        for uid, name, place in (UID, USER, home), (UID + 1, "ftp", "/srv/ftp"):
            if name not in known:
                passwd.write(f"{name}:x:{uid}:{uid}:lab:{place}:{'/bin/bash' if name == USER else '/usr/sbin/nologin'}\n")
                group.write(f"{name}:x:{uid}:\n")
                shadow.write(f"{name}:{password if name == USER else '*'}:19000:0:99999:7:::\n")


def syslog():
    """Collects what daemons write to /dev/log."""
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind("/dev/log")
    os.chmod("/dev/log", 0o666)

    def collect():
        with open(WORK / "log/syslog", "ab", buffering=0) as out:
            while True:
                out.write(log.recv(65536).rstrip(b"\0\n") + b"\n")

    threading.Thread(target=collect, daemon=True).start()


def certificates():
    """A CA of our own and one certificate for localhost, fresh for every run."""
    folder = WORK / "tls"
    folder.mkdir()
    sh("""openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj '/CN=Lab test CA' -keyout ca.key -out ca.pem \
              -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
          openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout server.key -out server.csr
          printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' > ext
          openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 -extfile ext -out server.pem
          cat server.pem ca.pem > chain.pem; chmod 644 *.pem; chmod 600 *.key""", cwd=folder)


def add(protocol, product, package, usual, tls="none", **more):
    """One entry of endpoints.json; `more` is what a client of that protocol can count on finding."""
    version = sh(f"dpkg-query -W -f='${{Version}}' {package}").split(":")[-1]
    endpoints.append(dict(protocol=protocol, product=product, version=version, host=HOST, port=port(usual), tls=tls,
                          user=USER, password=PASSWORD, **more))


def check():
    """Every endpoint answers, and nothing here can be reached from outside."""
    deadline = time.monotonic() + 30
    for endpoint in endpoints:
        if not wait_port(endpoint["port"], deadline - time.monotonic()):
            problems.append(f"{endpoint['product']}: nothing listens on port {endpoint['port']}")
    for line in sh("ss -Hltnup").splitlines():
        if "pid=" in line and line.split()[4].rsplit(":", 1)[0] not in (HOST, "[::1]"):
            problems.append(f"listens outside of the loopback: {line}")


def save():
    text = json.dumps({"ca": str(WORK / "tls/ca.pem"), "work": str(WORK), "endpoints": endpoints}, indent=1)
    return write(WORK / "endpoints.json", text + "\n")


def report():
    """What went wrong, and the end of every log."""
    for problem in problems:
        print("PROBLEM:", problem)
    for log in sorted((WORK / "log").iterdir()):
        lines = log.read_text(errors="replace").splitlines()[-20:]
        if lines:
            print(f"-- the end of {log.name}", *lines, sep="\n")


def wait_port(number, seconds=20):
    deadline = time.monotonic() + seconds
    while True:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, number)) == 0:
                return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)


def spawn(name, argv):
    """Starts a daemon that stays in the foreground."""
    with open(WORK / f"log/{name}.log", "ab") as log:
        subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def inetd(name, number, argv):
    """Listens itself and starts the program once for each connection, which is its input and output."""
    door = socket.create_server((HOST, number))

    def serve():
        while True:
            visitor = door.accept()[0]
            with visitor, open(WORK / f"log/{name}.log", "ab") as log:
                subprocess.Popen([str(a) for a in argv], stdin=visitor, stdout=visitor, stderr=log,
                                 user=UID, group=UID, extra_groups=[])

    threading.Thread(target=serve, daemon=True).start()


def sh(command, **more):
    run = subprocess.run(["sh", "-ec", command], text=True, stdin=subprocess.DEVNULL, capture_output=True, **more)
    if run.returncode:
        raise RuntimeError(f"exit code {run.returncode} of: {command}\n{run.stderr}")
    return run.stdout


def write(path, text, mode=0o644, owner=None):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    if owner is not None:
        os.chown(path, owner, owner)
    return path
