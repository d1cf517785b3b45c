"""`python -m mlviz`."""

from mlviz.cli import main

if __name__ == "__main__":
    main(prog_name="mlviz")
