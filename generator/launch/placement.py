"""Where components run natively: loopback, the spec's ports, folders below the state folder."""

from collections.abc import Mapping

from generator import conventions as c
from generator.launch.obtain.package import Obtained
from generator.launch.state import State
from generator.placement import Place, Placement

LOOPBACK = "127.0.0.1"


def native_placement(
    state: State, ports: Mapping[str, int], obtained: Mapping[str, Obtained], *, example_app: bool
) -> Placement:
    """Places of what can run here: what was obtained, and the reference app where it is used."""
    names = [*obtained, *((c.APP, c.SIMULATOR) if example_app else ())]
    places = {}
    for name in names:
        folder = c.APP if name == c.SIMULATOR else name
        places[name] = Place(
            listen=LOOPBACK,
            host=LOOPBACK,
            ports={"http": ports[name]},
            url=f"http://{LOOPBACK}:{ports[name]}",
            etc=str(state.etc / folder),
            data=str(state.data(folder)),
            secrets=str(state.etc / "secrets"),
            version=obtained[name].version if name in obtained else (0, 0, 0),
        )
    return Placement(places)
