"""The standard suite of LangChain (langchain-tests) for the classes that are used most. Nothing is said of addresses or keys:
the environment has them, once those of the simulated model itself, once those of a governed launch.

Run by pytest; each test's outcome is printed as a line of JSON by the hooks in `standard_outcomes.py`.
"""

from langchain_anthropic import ChatAnthropic
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from langchain_tests.integration_tests import ChatModelIntegrationTests, EmbeddingsIntegrationTests


def asked(model, stream):
    if not stream:
        return model.invoke("Hello")
    whole = None
    for chunk in model.stream("Hello"):
        whole = chunk if whole is None else whole + chunk
    return whole


class Claims(ChatModelIntegrationTests):
    """What both providers take: no test is passed over that the suite has for such a class."""

    model_override_value = "simulated-1"
    supports_image_inputs = True
    supports_image_urls = True
    supports_pdf_inputs = True
    supports_image_tool_message = True
    supports_anthropic_inputs = True

    @property
    def chat_model_params(self):
        return {"model": "simulated-tools"}

    def asked_of(self, model, stream, **more):
        return asked(self.chat_model_class(**{**self.chat_model_params, "model": model, **more}), stream)

    def invoke_with_reasoning_output(self, *, stream=False):
        return self.asked_of("simulated-thinking", stream)

    def invoke_with_cache_read_input(self, *, stream=False):
        return self.asked_of("simulated-1", stream)

    def invoke_with_cache_creation_input(self, *, stream=False):
        return self.asked_of("simulated-1", stream)


class TestChatOpenAI(Claims):
    chat_model_class = ChatOpenAI
    supports_json_mode = True
    supports_audio_inputs = True
    supported_usage_metadata_details = {
        "invoke": ["reasoning_output", "cache_read_input"],
        "stream": ["reasoning_output", "cache_read_input"],
    }

    @property
    def chat_model_params(self):
        # With a base URL in the environment the class does not ask for the usage of a stream by itself.
        return {"model": "simulated-tools", "stream_usage": True}


class TestChatOpenAIToolStructure(TestChatOpenAI):
    structured_output_kwargs = {"method": "function_calling"}


class TestChatOpenAIResponses(Claims):
    chat_model_class = ChatOpenAI
    supports_json_mode = True
    supports_pdf_tool_message = True
    supported_usage_metadata_details = {
        "invoke": ["reasoning_output", "cache_read_input"],
        "stream": ["reasoning_output", "cache_read_input"],
    }

    @property
    def chat_model_params(self):
        return {"model": "simulated-tools", "use_responses_api": True}


class TestChatAnthropic(Claims):
    chat_model_class = ChatAnthropic
    supports_pdf_tool_message = True
    supported_usage_metadata_details = {
        "invoke": ["cache_read_input", "cache_creation_input"],
        "stream": ["cache_creation_input"],
    }


class TestChatAnthropicSchemaStructure(TestChatAnthropic):
    structured_output_kwargs = {"method": "json_schema"}


class TestOpenAIEmbeddings(EmbeddingsIntegrationTests):
    embeddings_class = OpenAIEmbeddings
    embedding_model_params = {"model": "text-embedding-3-small"}
