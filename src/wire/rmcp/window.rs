//! The window of session sequence numbers: what was seen, what is too old.

/// Remembers the highest sequence number and the 31 before it (IPMI 6.12.13 asks for at least
/// 16 either side). A number is accepted once. A jump forward of any size is accepted: only
/// packets whose integrity code was checked reach the window, so it is the peer's own; unless the
/// window is made to take only what is near ([`Window::before`]).
#[derive(Debug, Clone)]
pub struct Window {
    highest: u32,
    seen: u32,
    most_ahead: u32,
}

impl Default for Window {
    fn default() -> Self {
        Self::new()
    }
}

impl Window {
    /// A window that has seen nothing.
    pub const fn new() -> Self {
        Self {
            highest: 0,
            seen: 0,
            most_ahead: 0x7FFF_FFFF,
        }
    }

    /// A window whose first number is `first`, and that takes none more than `most_ahead` ahead
    /// of the highest: for keys that outlive a session, where an old packet is authentic too.
    pub const fn before(first: u32, most_ahead: u32) -> Self {
        Self {
            highest: first.wrapping_sub(1),
            // What is before it counts as taken.
            seen: u32::MAX,
            most_ahead,
        }
    }

    /// Takes `number`; false when it is zero, was taken before, or lies 32 or more behind.
    pub const fn accept(&mut self, number: u32) -> bool {
        if number == 0 {
            return false;
        }
        let ahead = number.wrapping_sub(self.highest);
        if ahead > self.most_ahead && ahead < 0x8000_0000 {
            return false;
        }
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
    fn a_window_with_a_beginning_takes_only_what_is_near() {
        let mut window = Window::before(1000, 32);
        for (number, wanted) in [
            (999, false),
            (998, false),
            (0, false),
            (1032, false),
            (5_000_000, false),
            (1000, true),
            (1000, false),
            (1032, true),
            (1001, true),
            (1065, false),
            (1064, true),
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
