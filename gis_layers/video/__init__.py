"""Live pictures: a gateway that carries one camera's stream to many browsers without re-encoding.

Nothing here knows Django or any policy: who may watch is asked through callables that are handed in.
"""
