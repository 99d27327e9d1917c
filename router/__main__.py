"""`python -m router`: the command line."""

from router.cli.main import main

main()
