"""Room on a disk, asked for before anything is written: what breaks off half way says less."""

import shutil
from pathlib import Path


def shortage(folder: Path, needed: int) -> str:
    """What to do where fewer bytes than needed are free; empty where there are enough. The folder need not exist yet."""
    there = next(one for one in (folder, *folder.parents) if one.exists())
    if shutil.disk_usage(there).free >= needed:
        return ""
    return f"less than {needed // 1_000_000} MB are free on the disk of {folder}; free some space"
