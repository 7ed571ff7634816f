"""The dialects that `source:` in the spec may name."""

from generator.sources.kit import KIT

SOURCES = {source.name: source for source in (KIT,)}
