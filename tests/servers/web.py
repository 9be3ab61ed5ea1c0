"""HTTP and HTTPS: nginx."""
import core
import data


def start():
    work, tls = core.WORK, core.WORK / "tls"
    root = data.file_tree(work / "www", core.UID)
    core.write(root / "index.html", "<!DOCTYPE html><html><head><meta charset=utf-8><title>Lab</title></head>"
               "<body><h1>Grüße</h1><a href=readme.txt>readme</a></body></html>\n")
    core.write(root / "private/secret.txt", "secret\n")
    password = core.sh(f"openssl passwd -apr1 {core.PASSWORD}").strip()
    core.write(work / "conf/htpasswd", f"{core.USER}:{password}\n")
    conf = core.write(work / "conf/nginx.conf", f"""load_module /usr/lib/nginx/modules/ngx_http_echo_module.so;
daemon off;
user {core.USER} {core.USER};
worker_processes 1;
pid /run/nginx.pid;
error_log {work}/log/nginx-error.log;
events {{ }}
http {{
  include /etc/nginx/mime.types;
  access_log off;
  gzip on;
  gzip_types text/plain;
  gzip_min_length 20;
  server {{
    listen {core.HOST}:{core.port(80)};
    listen {core.HOST}:{core.port(443)} ssl;
    ssl_certificate {tls}/chain.pem;
    ssl_certificate_key {tls}/server.key;
    server_name localhost;
    root {root};
    autoindex on;
    charset utf-8;
    client_max_body_size 64m;
    client_body_buffer_size 64m;
    location = /redirect {{ return 301 /readme.txt; }}
    location = /chunked {{
      default_type text/plain;
      gzip off;
      echo "chunk 1"; echo_flush; echo_sleep 0.05; echo "chunk 2"; echo_flush; echo "chunk 3";
    }}
    location = /echo {{ default_type application/octet-stream; gzip off; echo_read_request_body; echo_request_body; }}
    location = /empty204 {{ return 204; }}
    location /private/ {{ auth_basic "Lab realm"; auth_basic_user_file {work}/conf/htpasswd; }}
  }}
}}
""")
    core.spawn("nginx", ["nginx", "-c", conf, "-e", work / "log/nginx-error.log"])
    found = dict(text="/readme.txt", big="/big.bin", big_sha256=data.BIG_SHA256, listing="/deep/", redirect="/redirect",
                 chunked="/chunked", echo="/echo", private="/private/secret.txt")
    core.add("http", "nginx", "nginx", 80, **found)
    core.add("http", "nginx (TLS)", "nginx", 443, "implicit", **found)
