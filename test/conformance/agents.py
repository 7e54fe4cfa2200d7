"""A graph of LangGraph as a person writes it: a model that calls two tools at once, one of which interrupts; then two branches side
by side with a provider each, of which one is held. Nothing is said of addresses or keys. Prints a line of JSON."""

import json
import operator
from typing import Annotated

from langchain_anthropic import ChatAnthropic
from langchain_core.messages import HumanMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import MemorySaver
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import Command, interrupt


@tool
def look_up(query: str) -> str:
    """Looks an order up."""
    return f"found {query}"


@tool
def refund(query: str) -> str:
    """Pays an order back."""
    return f"refund: {interrupt('May I refund?')}"


class State(MessagesState):
    notes: Annotated[list[str], operator.add]


planner = ChatOpenAI(model="simulated-every").bind_tools([look_up, refund])
summary, risk = ChatOpenAI(model="simulated-1"), ChatAnthropic(model="simulated-1", streaming=True)

builder = StateGraph(State)
builder.add_node("plan", lambda state: {"messages": [planner.invoke(state["messages"])]})
builder.add_node("tools", ToolNode([look_up, refund]))
builder.add_node("fork", lambda state: {})
builder.add_node("summary", lambda state: {"notes": [summary.invoke("Sum it up.").text]})
builder.add_node("risk", lambda state: {"notes": [risk.invoke("Is 4111 1111 1111 1111 at risk?").text]})
builder.add_node("join", lambda state: {"messages": [HumanMessage(" | ".join(sorted(state["notes"])))]})
builder.add_edge(START, "plan")
builder.add_conditional_edges("plan", tools_condition, {"tools": "tools", END: "fork"})
builder.add_edge("tools", "plan")
builder.add_edge("fork", "summary")
builder.add_edge("fork", "risk")
builder.add_edge(["summary", "risk"], "join")
builder.add_edge("join", END)
graph = builder.compile(checkpointer=MemorySaver())

config = {"configurable": {"thread_id": "one"}}
first = graph.invoke({"messages": [HumanMessage("Please help Mira.")], "notes": []}, config)
asked = first["__interrupt__"][0].value
nodes = [node for update in graph.stream(Command(resume="yes"), config, stream_mode="updates") for node in update]
messages = graph.get_state(config).values["messages"]
results = [message.content for message in messages if message.type == "tool"]
print(json.dumps({"asked": asked, "nodes": nodes, "results": results, "last": messages[-1].content}), flush=True)
