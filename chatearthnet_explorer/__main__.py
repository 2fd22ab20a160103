"""`python -m chatearthnet_explorer` is the command `chatearthnet-explorer`."""

from chatearthnet_explorer.cli import main

raise SystemExit(main())
