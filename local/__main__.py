"""Starts `python -m local`; its subcommands are in `local/command_line.py`."""

import sys


def main(argv: list[str] | None = None) -> int:
    """Run one subcommand; the exit code."""
    try:
        from local.command_line import main as run

        return run(argv)
    except KeyboardInterrupt:
        # Ctrl-C while modules are being loaded; afterwards each subcommand handles it itself.
        return 130


if __name__ == "__main__":
    sys.exit(main())
