"""The command line: ``python -m kernelref``. The only room that may use the resolvers."""
