"""What others read by: a JSON Schema of each event, and one AsyncAPI document of all topics. Pure."""
