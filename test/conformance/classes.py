"""One program, as a person writes it: every class made with its model's name alone, nothing said of addresses or keys.

Prints a line of JSON for each class and operation. Started by the conformance test with the environment of a governed launch.
"""

import asyncio
import datetime
import importlib
import importlib.metadata
import json
import os
import sys
import warnings

warnings.simplefilter("ignore")
from langchain_core.tools import tool  # noqa: E402

PROMPT = "Please write to mira.castellanos@example.com about her order."
TOOLS = PROMPT + " [[simulate: tools]]"
LIMIT_S = 60


@tool
def look_up(query: str) -> str:
    """Looks an order up."""
    return query


HF = {"repo_id": "simulated-1", "task": "text-generation"}
CLASSES = [
    ("ChatOpenAI", "langchain_openai", {"model": "simulated-1"}),
    ("ChatOpenAI (Responses)", "langchain_openai", {"model": "simulated-1", "use_responses_api": True}),
    ("AzureChatOpenAI", "langchain_openai", {"azure_deployment": "simulated-1", "api_version": "2024-10-21"}),
    ("ChatAnthropic", "langchain_anthropic", {"model": "simulated-1"}),
    ("ChatGoogleGenerativeAI", "langchain_google_genai", {"model": "simulated-1"}),
    ("ChatGoogleGenerativeAI (Vertex)", "langchain_google_genai", {"model": "simulated-1", "vertexai": True}),
    ("ChatVertexAI (REST)", "langchain_google_vertexai", {"model": "simulated-1", "api_transport": "rest", "project": "some-project"}),
    ("ChatVertexAI", "langchain_google_vertexai", {"model": "simulated-1", "project": "some-project"}),
    ("ChatOpenAICodex", "langchain_openai.chat_models.codex", {"model": "simulated-1"}),
    ("ChatAnthropicVertex", "langchain_google_vertexai.model_garden", {"model": "simulated-1", "project": "some-project", "location": "us-east5"}),
    ("ChatBedrockConverse", "langchain_aws", {"model": "anthropic.claude-3-5-sonnet-20240620-v1:0", "region_name": "us-east-1"}),
    ("ChatBedrock", "langchain_aws", {"model": "anthropic.claude-3-5-sonnet-20240620-v1:0", "region_name": "us-east-1"}),
    ("ChatOpenAIMantle", "langchain_aws", {"model": "simulated-1", "region_name": "us-east-1"}),
    ("ChatOllama", "langchain_ollama", {"model": "simulated-1"}),
    ("ChatMistralAI", "langchain_mistralai", {"model": "simulated-1"}),
    ("ChatCohere", "langchain_cohere", {"model": "simulated-1"}),
    ("ChatGroq", "langchain_groq", {"model": "simulated-1"}),
    ("ChatTogether", "langchain_together", {"model": "simulated-1"}),
    ("ChatDeepSeek", "langchain_deepseek", {"model": "simulated-1"}),
    ("ChatXAI", "langchain_xai", {"model": "simulated-1"}),
    ("ChatOpenRouter", "langchain_openrouter", {"model": "simulated-1"}),
    ("ChatFireworks", "langchain_fireworks", {"model": "simulated-1"}),
    ("ChatHuggingFace", "langchain_huggingface", {}),
    # Without a bearer key it fetches access keys from the agent, and signs. Last: its environment has no such key any more.
    ("ChatBedrockConverse (access keys)", "langchain_aws", {"model": "anthropic.claude-3-5-sonnet-20240620-v1:0", "region_name": "us-east-1"}),
    ("ChatBedrock (access keys)", "langchain_aws", {"model": "anthropic.claude-3-5-sonnet-20240620-v1:0", "region_name": "us-east-1"}),
]
# What cannot be inspected, and is refused in words: every call over gRPC, and those with a ChatGPT login.
REFUSED = {
    "ChatVertexAI": ("over gRPC cannot be inspected", None),
    "ChatVertexAI (REST)": ("over gRPC cannot be inspected", "async"),
    "ChatOpenAICodex": ("calls with a ChatGPT login", None),
}
EMBEDDINGS = [
    ("OpenAIEmbeddings", "langchain_openai", {"model": "text-embedding-3-small"}),
    ("OllamaEmbeddings", "langchain_ollama", {"model": "simulated-1"}),
]


class ChatGptLogin:
    """A login with ChatGPT, as its file would give it."""

    def get_token(self):
        from langchain_openai.chatgpt_oauth import _ChatGPTToken

        return _ChatGPTToken("a-login", "a-login", datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1), account_id="someone")

    async def aget_token(self):
        return self.get_token()

    def get_access_token(self):
        return "a-login"

    async def aget_access_token(self):
        return "a-login"


def make(name, package, options):
    module = importlib.import_module(package)
    if name.endswith("(access keys)"):
        os.environ.pop("AWS_BEARER_TOKEN_BEDROCK", None)
    if name == "ChatHuggingFace":
        return module.ChatHuggingFace(llm=module.HuggingFaceEndpoint(**HF), model_id="simulated-1")
    if name == "ChatOpenAICodex":
        return module._ChatOpenAICodex(token_provider=ChatGptLogin(), **options)
    return getattr(module, name.split(" ")[0])(**options)


def text_of(message):
    return message.text if isinstance(message.text, str) else message.text()


def call_of(message):
    # ChatCohere opens a call of its own for each piece and gives the whole one last, so the call with arguments is looked for.
    call = next((call for call in message.tool_calls if call["name"] == "look_up" and call["args"]), None)
    if call is None:
        raise RuntimeError(f"no tool was called: {message.content!r} {message.tool_calls!r}")
    return json.dumps(call["args"])


def whole_of(chunks, least=3):
    if len(chunks) < least:
        raise RuntimeError(f"it came in {len(chunks)} chunks")
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole = whole + chunk
    return whole


async def stream_async(model):
    return text_of(whole_of([chunk async for chunk in model.astream(PROMPT)]))


OPERATIONS = {
    "invoke": lambda model: text_of(model.invoke(PROMPT)),
    "stream": lambda model: text_of(whole_of(list(model.stream(PROMPT)))),
    "tool": lambda model: call_of(model.bind_tools([look_up]).invoke(TOOLS)),
    "tool stream": lambda model: call_of(whole_of(list(model.bind_tools([look_up]).stream(TOOLS)), 1)),
}
ASYNC = {
    "async invoke": lambda model: model.ainvoke(PROMPT),
    "async stream": stream_async,
}


def verdict_of(text):
    """[EMAIL] in place of the address: it went through the agent, and came back masked."""
    if "castellanos@" in text:
        return "the address came back unmasked"
    return "ok" if "[EMAIL]" in text else f"no masked address in: {text[:200]}"


def say(name, package, operation, verdict):
    version = importlib.metadata.version(package.split(".")[0].replace("_", "-"))
    print(json.dumps({"name": name, "operation": operation, "verdict": verdict, "version": version}), flush=True)


def told(name, operation, error):
    words, only = REFUSED.get(name, (None, None))
    if words is not None and words in str(error) and (only is None or operation.startswith(only)):
        return "refused"
    return f"{type(error).__name__}: {str(error)[:300]}"


async def attempt_async(run, model):
    answer = await asyncio.wait_for(run(model), LIMIT_S)
    return answer if isinstance(answer, str) else text_of(answer)


async def asynchronous(name, package, options):
    for operation, run in ASYNC.items():
        try:
            verdict = verdict_of(await attempt_async(run, make(name, package, options)))
        except Exception as error:
            verdict = told(name, operation, error)
        say(name, package, operation, verdict)


async def main(wanted):
    """One loop for all: classes share asynchronous clients between instances."""
    for name, package, options in CLASSES:
        if wanted and name not in wanted:
            continue
        for operation, run in OPERATIONS.items():
            try:
                verdict = verdict_of(await asyncio.to_thread(lambda: run(make(name, package, options))))
            except Exception as error:
                verdict = told(name, operation, error)
            say(name, package, operation, verdict)
        await asynchronous(name, package, options)
    for name, package, options in EMBEDDINGS:
        if wanted and name not in wanted:
            continue
        try:
            vectors = make(name, package, options).embed_documents([PROMPT, "another"])
            verdict = "ok" if len(vectors) == 2 and all(vectors) else repr(vectors)[:200]
        except Exception as error:
            verdict = told(name, "embed", error)
        say(name, package, "embed", verdict)


asyncio.run(main(sys.argv[1:]))
