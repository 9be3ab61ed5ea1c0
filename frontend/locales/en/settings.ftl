## Settings

settings = Settings
stage = Stage
theme = Theme
theme-system = as the system says
theme-light = light
theme-dark = dark
theme-contrast-light = high contrast, light
theme-contrast-dark = high contrast, dark
language = Language
language-browser = as the browser asks
# Shown where another language than English is chosen.
language-partly = What the protocols say about themselves is in English.
keys = Keys
single-keys = Keys without Ctrl or Alt
single-keys-about = In the transcript and on the stage, such as b for Bytes
announcements = Announcements for screen readers
announce-each-reply = Each complete reply
announce-each-line = Every line, too
announce-about = What a screen reader is told by itself
close = Close
