"""The command `cellkeep`; one file per noun."""

import sys

from cyclopts import App

from cellkeep import __version__
from cellkeep.cli import demo, keys, projects, serve, users
from cellkeep.cli.export import export
from cellkeep.cli.importing import import_
from cellkeep.cli.output import err, fail
from cellkeep.cli.reread import reread
from cellkeep.cli.watching import watch
from cellkeep.domain.errors import CellkeepError

app = App(
    name="cellkeep",
    help="Every measurement of every battery cell: kept safely, summarised on arrival, read back fast.",
    version=__version__,
    console=None,
    error_console=err,
)
app.command(serve.serve)
app.command(demo.demo)
app.command(import_, name="import")
app.command(watch)
app.command(export)
app.command(reread)
app.command(keys.app)
app.command(users.app)
app.command(projects.app)


def main() -> None:
    """Run the command; a known failure is one sentence and exit status 1."""
    try:
        app(sys.argv[1:])
    except CellkeepError as error:
        fail(error.message)
        sys.exit(1)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "cellkeep":
            raise
        extra = "cluster" if error.name == "psycopg" else "server"
        fail(f"{error.name} is not installed. This needs more than the client: pip install 'cellkeep[{extra}]'.")
        sys.exit(1)
    except OSError as error:
        fail(f"{error.strerror}: {error.filename}" if error.filename else str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
