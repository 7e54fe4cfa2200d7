"""Asks a model about the sample customers with LangChain. No provider key and no address stand here or in the
environment's settings: a governed terminal carries both. `python ask.py payments.csv` asks about cards and SSNs instead."""

import sys
from pathlib import Path

from langchain_openai import ChatOpenAI

file = sys.argv[1] if len(sys.argv) > 1 else "customers.csv"
records = (Path(__file__).parent / file).read_text()

model = ChatOpenAI(model="simulated-1")
try:
    for chunk in model.stream(
        [
            ("system", "You answer questions about customer records."),
            ("human", f"Whom should we call first, and how do we reach them?\n\n{records}"),
        ]
    ):
        print(chunk.content, end="", flush=True)
    print()
except Exception as error:  # shown to the person who runs it, as a notebook would
    print(error, file=sys.stderr)
    sys.exit(1)
