"""``python -m imr_rules``."""

from imr_rules.cli import main

main()
