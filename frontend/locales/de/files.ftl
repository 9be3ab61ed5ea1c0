## Inhalt, der empfangen wurde oder gesendet wird

content = Inhalt
octets = { $octets ->
    [one] { $octets } Oktett
   *[other] { $octets } Oktette
}
octets-of = { $octets } von { $all } Oktetten
octets-sent = { $octets } von { $all } Oktetten gesendet
download-of = Download von { $name }
download-incomplete = unvollständig: { $why }
upload-of = Upload von { $name }
save = Speichern
download-unstored = der Browser konnte es nicht speichern ({ $why }); ist die Platte voll?
download-short = die Verbindung endete, bevor alles da war
download-left = die Sitzung wurde verlassen
