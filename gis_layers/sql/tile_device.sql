-- Layer device: points {code, kind}, each in exactly one tile. Only those in the reader's subtrees.
-- lean 1: no codes; lean 2: 1,500 of them, evenly drawn, always the same ones.
WITH tile AS MATERIALIZED (SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS box)  -- once, not for every device
SELECT ST_AsMVT(device, 'device', 4096, 'shape', 'id')
FROM (
    SELECT
        id,
        CASE WHEN %(lean)s < 1 THEN code END AS code,
        kind,
        ST_AsMVTGeom(shape, box, 4096, 0, true) AS shape
    FROM tile
    JOIN gis_layers_device ON shape && box
    WHERE ST_X(shape) >= ST_XMin(box)
        AND ST_X(shape) < ST_XMax(box)
        AND ST_Y(shape) > ST_YMin(box)
        AND ST_Y(shape) <= ST_YMax(box)
        AND path ^@ ANY(%(paths)s::text[])
    ORDER BY CASE WHEN %(lean)s >= 2 THEN hashint8(id) END
    LIMIT CASE WHEN %(lean)s >= 2 THEN 1500 END
) AS device
