"""Runs the product on one machine until Ctrl-C: servers, workers, the web server, the demo library."""

import argparse
import os
import signal
import sys
from types import FrameType

from django.core.exceptions import ImproperlyConfigured

from config import services

from .console import Refusal, say
from .ports import DEFAULT_PORT


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m config.runner", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, help=f"port (default: the first free one from {DEFAULT_PORT} on)")
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    try:
        from .product import run

        run(options.host, options.port)
    except (Refusal, services.ServiceError, ImproperlyConfigured) as error:
        sys.stderr.write(f"\n  Sightline cannot run. {error}\n")
        return 1
    except KeyboardInterrupt:
        say("  Stopped.")
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    # Each one ends the waiting of the moment: the first ends the running, the second the patience with workers.
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
