"""What every output says of itself."""

NOTICE = "Information about guidelines and published decisions; no medical or legal advice."
