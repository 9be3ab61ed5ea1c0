"""FTP: vsftpd, with AUTH TLS on one port and implicit TLS on another."""
import core
import data


def start():
    tls, tree = core.WORK / "tls", data.file_tree(core.WORK / "ftp", core.UID)
    common = f"""listen=YES
listen_address={core.HOST}
background=NO
anonymous_enable=YES
anon_root={tree}
no_anon_password=NO
anon_upload_enable=YES
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
anon_world_readable_only=NO
anon_umask=022
write_enable=YES
local_enable=YES
local_root={tree}
local_umask=022
chroot_local_user=YES
allow_writeable_chroot=YES
hide_ids=NO
mdtm_write=YES
ascii_upload_enable=YES
ascii_download_enable=YES
pasv_address={core.HOST}
ssl_enable=YES
allow_anon_ssl=YES
force_local_logins_ssl=NO
force_local_data_ssl=NO
require_ssl_reuse=NO
ssl_ciphers=HIGH
rsa_cert_file={tls}/chain.pem
rsa_private_key_file={tls}/server.key
pam_service_name=vsftpd
secure_chroot_dir=/run/vsftpd/empty
utf8_filesystem=YES
isolate_network=NO
"""
    found = dict(text="readme.txt", big="big.bin", big_sha256=data.BIG_SHA256, upload="upload")
    # The second one keeps vsftpd's default: a data connection must resume the TLS session of its control connection.
    for usual, passive, name, tls_kind, more in (
        (21, 700, "vsftpd", "starttls", ""),
        (990, 800, "vsftpd (implicit TLS)", "implicit", "implicit_ssl=YES\nrequire_ssl_reuse=YES\n"),
    ):
        more += f"listen_port={core.port(usual)}\npasv_min_port={core.port(passive)}\npasv_max_port={core.port(passive + 99)}\n"
        core.spawn(f"vsftpd-{usual}", ["vsftpd", core.write(core.WORK / f"conf/vsftpd-{usual}.conf", common + more)])
        core.add("ftp", name, "vsftpd", usual, tls_kind, **found)
