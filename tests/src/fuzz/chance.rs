//! Inputs by chance, for runs without a fuzzer: seeds that were changed here and there.

use shared::random::Random;

/// The `n`th variation of these seeds. The same number gives the same octets.
pub fn chance(seeds: &[Vec<u8>], n: u64) -> Vec<u8> {
    let mut random = Random::new(n);
    let mut below = move |limit: usize| (random.next_u64() % limit.max(1) as u64) as usize;
    let mut octets = match seeds {
        [] => (0..below(200)).map(|_| below(256) as u8).collect(),
        seeds => seeds[below(seeds.len())].clone(),
    };
    octets.truncate(3000);
    for _ in 0..below(8) {
        let (from, to) = (below(octets.len() + 1), below(octets.len() + 1));
        let (from, to) = (from.min(to), from.max(to));
        match below(5) {
            0 if !octets.is_empty() => {
                let at = below(octets.len());
                octets[at] = below(256) as u8;
            }
            1 => drop(octets.drain(from..to.min(from + 40))),
            2 => octets.insert(from, [0, 0x0a, 0x0d, 0x1e, 0x20, 0xff][below(6)]),
            3 => {
                let copy = octets[from..to.min(from + 60)].to_vec();
                let at = below(octets.len() + 1);
                octets.splice(at..at, copy);
            }
            _ if !seeds.is_empty() => {
                let other = &seeds[below(seeds.len())];
                let at = below(other.len() + 1);
                octets.splice(from..from, other[at..].iter().take(80).copied());
            }
            _ => octets.extend((0..below(20)).map(|_| below(256) as u8)),
        }
    }
    octets
}
