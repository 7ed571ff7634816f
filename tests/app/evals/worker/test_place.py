"""Where a worker is, by its environment."""

from pathlib import Path

import pytest
from app.evals.worker.place import Place


def test_without_a_word_it_is_beside_the_project_and_on_loopback() -> None:
    place = Place.of({})
    assert (place.host, place.port, place.spool) == ("127.0.0.1", 8082, Path(".data/evals/spool"))
    assert place.store == f"sqlite:///{Path('.data/evals/evals.sqlite').absolute()}"
    assert place.worker
    assert not place.remote


def test_a_store_with_a_password_may_come_from_a_file_and_is_shown_without(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("postgresql+psycopg://evals:s3cret@db:5432/evals\n")
    place = Place.of({"EVALS_STORE_FILE": str(tmp_path / "store")})
    assert place.store.endswith("@db:5432/evals")
    assert place.shown_store == "postgresql+psycopg://db:5432/evals"
    assert place.remote


def test_origins_are_a_list() -> None:
    assert Place.of({"EVALS_ORIGINS": "http://a:1, http://b:2"}).origins == ("http://a:1", "http://b:2")


@pytest.mark.parametrize(
    ("name", "told"), [("EVALS_PORT", "x"), ("EVALS_PORT", "70000"), ("EVALS_LEASE_SECONDS", "0"), ("EVALS_LEASE_SECONDS", "nan")]
)  # fmt: skip
def test_what_is_no_number_is_told(name: str, told: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is '{told}': it takes a number from"):
        Place.of({name: told})
