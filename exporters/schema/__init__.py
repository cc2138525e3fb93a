"""The API's JSON, as pydantic models: what integrators and the console may rely on.

All sizes SI, ratios 0..1, times RFC 3339 in UTC.
"""
