//! Text as Python encodes it.

/// What Python raises where it meets the first character that ASCII has not.
pub fn ascii(text: &str) -> Result<(), String> {
    let Some(first) = text.chars().position(|c| !c.is_ascii()) else { return Ok(()) };
    let length = text.chars().skip(first).take_while(|c| !c.is_ascii()).count();
    let which = match (length, text.chars().nth(first).map_or(0, u32::from)) {
        (1, c @ ..0x100) => format!(" '\\x{c:02x}' in position {first}"),
        (1, c @ ..0x10000) => format!(" '\\u{c:04x}' in position {first}"),
        (1, c) => format!(" '\\U{c:08x}' in position {first}"),
        _ => format!("s in position {first}-{}", first + length - 1),
    };
    Err(format!(
        "UnicodeEncodeError: 'ascii' codec can't encode character{which}: ordinal not in range(128)"
    ))
}
