"""A model provider that runs offline: speaks OpenAI's and Anthropic's wire formats, and misbehaves on request."""
