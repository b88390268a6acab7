"""The pure layer: mail, source, call trees, locks, links. No Sphinx, no network, no parser."""
