"""Real ends for tests: sshd processes, hostile servers, a proxy with toxics. Nothing here needs pytest."""
