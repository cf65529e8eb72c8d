"""Messages: recorded with the facts, relayed to RabbitMQ, consumed exactly once in effect."""
