## Content that was received or is sent

content = Content
octets = { $octets ->
    [one] { $octets } octet
   *[other] { $octets } octets
}
octets-of = { $octets } of { $all } octets
octets-sent = { $octets } of { $all } octets sent
download-of = Download of { $name }
download-incomplete = incomplete: { $why }
upload-of = Upload of { $name }
save = Save
download-unstored = the browser could not store it ({ $why }); is its disk full?
download-short = the connection ended before all of it had come
download-left = the session was left
