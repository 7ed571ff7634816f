"""What the store says when it cannot do what it was asked, in words for people and without a password."""

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

_MOST = 300


class StoreError(OSError):
    """The store cannot be reached, opened or written: nothing was changed, and the same can be asked again later."""


def shown(url: URL) -> str:
    """The address without the password, and without options, which may hold one too."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(query={}).render_as_string(hide_password=True)


def told(url: URL, error: SQLAlchemyError) -> StoreError:
    """The driver's first line, behind the store's address, and what to do about the known ones."""
    cause: BaseException = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    # Statement and parameters, which SQLAlchemy adds, would carry answers into a log.
    first = next(iter(str(cause).strip().splitlines()), type(cause).__name__)[:_MOST]
    for secret in (url.password, *(word for name, word in url.query.items() if "pass" in name)):
        if secret:
            first = first.replace(str(secret), "***")
    advice = next((f"; {advice}" for part, advice in _ADVICE.items() if part in first.lower()), "")
    return StoreError(f"the store {shown(url)}: {first}{advice}")


_ADVICE = {
    "database is locked": "another process has been writing for half a minute: see which, and stop it",
    "readonly database": "let the worker's user write the file and its folder, or set EVALS_FOLDER to another",
    "unable to open database": "let the worker's user write that folder, or set EVALS_FOLDER to another",
    "disk is full": "make room: nothing is lost meanwhile, answers wait in the spool",
    "not a database": "that file is something else: move it away, or set EVALS_STORE to another",
    "malformed": "the file is damaged: restore it, or move it away and begin with an empty one",
    "connection refused": "is the server up, and are host and port right?",
    "could not translate host": "is the host's name right?",
    "failed to resolve host": "is the host's name right?",
    "authentication failed": "check user and password in EVALS_STORE or EVALS_STORE_FILE",
    "no password supplied": "give the password in EVALS_STORE or EVALS_STORE_FILE",
    "does not exist": "create it first, the store makes only its tables",
    "permission denied": "grant that user the right to create and change tables in the schema",
}
