"""What can be proven and tested of packs: situations run, gaps, overlaps, rules without effect."""
