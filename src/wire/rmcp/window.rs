//! The window of session sequence numbers: what was seen, what is too old.

/// Remembers the highest sequence number and the 31 before it (IPMI 6.12.13 asks for at least
/// 16 either side). A number is accepted once. A jump forward of any size is accepted: only
/// packets whose integrity code was checked reach the window, so it is the peer's own.
#[derive(Debug, Clone, Default)]
pub struct Window {
    highest: u32,
    seen: u32,
}

impl Window {
    /// A window that has seen nothing.
    pub const fn new() -> Self {
        Self {
            highest: 0,
            seen: 0,
        }
    }

    /// Takes `number`; false when it is zero, was taken before, or lies 32 or more behind.
    pub const fn accept(&mut self, number: u32) -> bool {
        if number == 0 {
            return false;
        }
        let ahead = number.wrapping_sub(self.highest);
        if self.seen == 0 || (ahead != 0 && ahead < 0x8000_0000) {
            self.seen = if self.seen == 0 || ahead >= 32 {
                1
            } else {
                (self.seen << ahead) | 1
            };
            self.highest = number;
            return true;
        }
        let behind = self.highest.wrapping_sub(number);
        if behind >= 32 {
            return false;
        }
        let bit = 1 << behind;
        let fresh = self.seen & bit == 0;
        self.seen |= bit;
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::Window;

    #[test]
    fn takes_each_number_once_within_32() {
        let mut window = Window::new();
        for (number, wanted) in [
            (0, false),
            (3, true),
            (3, false),
            (5, true),
            (4, true),
            (4, false),
            (2, true),
            (40, true),
            (9, true),
            (9, false),
            (8, false),
            (5, false),
            (100_000, true),
            (40, false),
            (99_969, true),
            (99_968, false),
        ] {
            assert_eq!(window.accept(number), wanted, "{number}");
        }
    }

    #[test]
    fn wraps_past_the_last_number() {
        let mut window = Window::new();
        assert!(window.accept(u32::MAX));
        assert!(!window.accept(0), "zero is never a session sequence number");
        assert!(window.accept(1));
        assert!(window.accept(u32::MAX - 1));
        assert!(!window.accept(u32::MAX));
    }
}
