"""A program of somebody who traces with LangSmith: one call of a model, traced; then the tracer sends what it has."""

import json

from langchain_core.tracers.langchain import wait_for_all_tracers
from langchain_openai import ChatOpenAI

answer = ChatOpenAI(model="simulated-1", max_retries=0).invoke("Please write to mira.castellanos@example.com about her order.")
wait_for_all_tracers()
print(json.dumps({"answer": answer.text if isinstance(answer.text, str) else answer.text()}))
