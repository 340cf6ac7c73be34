"""The shapes of answers, for the OpenAPI document and for the tests that hold answers to them."""
