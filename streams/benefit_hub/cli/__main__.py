"""`python -m benefit_hub.cli` is `hub`."""

from benefit_hub.cli import main

main()
