-- Layer place: points {name, kind}, each in exactly one tile. Towns from afar, villages from z12, the rest from z14.
-- lean 2: 1,500 of them, towns first.
SELECT ST_AsMVT(place, 'place', 4096, 'shape', 'id')
FROM (
    SELECT
        id, name, kind,
        ST_AsMVTGeom(ST_Transform(point, 3857), ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4096, 0, true) AS shape
    FROM grid_place
    WHERE point && ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s), 4326)
        AND ST_X(ST_Transform(point, 3857)) >= ST_XMin(ST_TileEnvelope(%(z)s, %(x)s, %(y)s))
        AND ST_X(ST_Transform(point, 3857)) < ST_XMax(ST_TileEnvelope(%(z)s, %(x)s, %(y)s))
        AND ST_Y(ST_Transform(point, 3857)) > ST_YMin(ST_TileEnvelope(%(z)s, %(x)s, %(y)s))
        AND ST_Y(ST_Transform(point, 3857)) <= ST_YMax(ST_TileEnvelope(%(z)s, %(x)s, %(y)s))
        AND kind NOT IN ('road', 'water', 'city', 'county', 'township')
        AND (kind = 'town' OR (kind = 'village' AND %(z)s >= 12) OR %(z)s >= 14)
    ORDER BY kind <> 'town', kind <> 'village', id
    LIMIT CASE WHEN %(lean)s >= 2 THEN 1500 END
) AS place
