"""Posters of Japanese cartoons, by TMDB id."""

from recommender.demo.posters.colours import down
from recommender.demo.posters.scene import Scene, part, scene, words

SCENES: dict[int, Scene] = {
    # Princess Mononoke: a wolf and a red mask
    128: scene(
        part("ground", paint=down("#0c2b22", "#2a5f45", "#a8c98a")),
        part("trunks", colour="#3f7a58", number=10, bottom=130, least=2, most=4),
        part("mist", colour="#d8f0c8", top=50, bottom=130, alpha=0.55),
        part("trunks", colour="#143a2a", number=6, bottom=134, least=5, most=9),
        part("hills", paint=down("#1f4a34", "#0a1f16"), base=124, rough=2),
        part("wolf", 48, 130, 82, colour="#eef3f0"),
        part(
            "figure",
            44,
            93,
            34,
            pose="ride",
            colour="#f4f1e6",
            skin="#d9a98a",
            hair="bob",
            hair_colour="#3a2318",
            cape="#f7f7f2",
            wind=-0.4,
            legs="#2a3f7a",
        ),
        part("shape", 47.5, 63, 12, points="0 -40, 30 -20, 26 30, 0 46", mirrored=True, paint="#c8202c"),
        *(part("disc", 47.5 + s * 1.7, 62, 1.6, paint="#fffbe8") for s in (-1, 1)),
        *(part("ghost", x, y, 5, paint="#f7fff2") for x, y in ((12, 120), (20, 128), (88, 122), (80, 134), (94, 136))),
        part("grass", colour="#0a1f16", base=152, high=16, number=80),
        words(
            "PRINCESS MONONOKE",
            50,
            142,
            5,
            width=88,
            style="serif",
            paint="#f4fbe8",
            spacing=0.1,
            shadow=("#06140e", 0.4, 0.4),
        ),
        vignette=0.45,
    ),
    # Spirited Away: lanterns at night
    129: scene(
        part("ground", paint=down("#071530", "#123a5f", "#2f5f7a")),
        part("stars", number=140, bottom=70),
        part("bathhouse", 66, 100, 56),
        part("lantern_row", 50, 32, 100, number=11, wide=110, sag=9, each=5),
        part("ranges", far="#16324a", near="#0a1a2b", top=98, bottom=104, number=2, rough=2),
        part("mirror", level=106, shade="#061428", alpha=0.35),
        part("shape", points="-5 118!, 30 110, 70 109, 105 114!, 105 119!, 70 113, 30 115, -5 124!", paint="#a3241c"),
        *(
            part("block", x, y, 3, paint="#c9342a", wide=30, high=260)
            for x, y in ((6, 115), (22, 110), (40, 108), (58, 107), (76, 108), (94, 110))
        ),
        part("no_face", 24, 110, 40),
        part(
            "figure",
            52,
            132,
            30,
            pose="stand",
            colour="#e8e0d0",
            skin="#e9c09a",
            legs="#c8402b",
            hair="tail",
            hair_colour="#2b1a14",
            head=1.15,
            skirt=8,
            skirt_colour="#c8402b",
        ),
        words(
            "SPIRITED AWAY", 50, 14, 6.4, width=86, style="serif", paint="#ffdf9a", spacing=0.12, glow=("#ff8a3a", 0.8)
        ),
        vignette=0.5,
    ),
    # Howl's Moving Castle: a house on legs
    4935: scene(
        part("ground", paint=down("#5fb0e8", "#a9dcf5", "#f4f7dc")),
        part("clouds", colour="#ffffff", top=18, bottom=80, number=7, shade="#dcebf4"),
        part("mountains", colour="#8fb0c9", base=112, high=30, peaks=5, snow="#f7fbff"),
        part("ranges", far="#9fc98a", near="#4f9a4a", top=106, bottom=116, number=3, rough=3),
        part("walking_castle", 52, 118, 62),
        *(
            part("disc", x, y, s, paint="#ffffff", alpha=0.6, soft=3)
            for x, y, s in ((26, 48, 13), (20, 40, 17), (62, 36, 15), (70, 26, 20))
        ),
        part("hills", paint=down("#6fbf4f", "#3f8a34"), base=120, rough=3),
        *(
            part("flower", x, y, s, petal=c)
            for x, y, s, c in (
                (8, 130, 6, "#f7a0b8"),
                (16, 140, 8, "#ffffff"),
                (30, 134, 5, "#f7d85a"),
                (84, 132, 6, "#f7a0b8"),
                (92, 142, 8, "#f7d85a"),
                (70, 140, 6, "#ffffff"),
            )
        ),
        part(
            "figure",
            24,
            128,
            17,
            colour="#2f5f8f",
            skin="#eec8a8",
            skirt=44,
            skirt_colour="#2f7a6a",
            hat="straw",
            hat_colour="#e8c85a",
            hair="tail",
            hair_colour="#c9ced6",
        ),
        words(
            "Howl's\nMoving Castle",
            50,
            17,
            7.4,
            style="serif",
            width=88,
            paint="#1f4f7a",
            gap=0.45,
            edge=("#ffffff", 0.6),
        ),
        vignette=0.06,
    ),
    # My Neighbor Totoro: the bus is late
    8392: scene(
        part("ground", paint=down("#2f4f5f", "#5f8a7a", "#8fae7f")),
        part("trunks", colour="#1f3a34", number=9, bottom=112),
        part("pines", colour="#2a4f3f", base=112, number=14, least=26, most=52),
        part("hills", paint=down("#6f9a4f", "#3f6a34"), base=113, rough=1.5),
        part("winding", paint="#b5a07a", points=((70, 112, 10), (60, 125, 34), (46, 152, 80))),
        part("forest_spirit", 62, 136, 74),
        part("umbrella", 84, 94, 46, colour="#2b2f3a", angle=6),
        part(
            "figure",
            24,
            136,
            40,
            colour="#e8d35a",
            skin="#eec39a",
            legs="#e8d35a",
            hair="pigtails",
            hair_colour="#5b3320",
            head=1.25,
            skirt=16,
            skirt_colour="#d9603f",
        ),
        part("umbrella", 30, 112, 32, colour="#d3343f"),
        part("block", 7, 118, 100, paint="#5b5f66", wide=1.4, high=40),
        part("disc", 7, 96, 14, paint="#d8d3c4"),
        part("disc", 7, 96, 10, paint="#c8402b"),
        part("rain", number=330, alpha=0.42, lean=-0.08),
        part("leaf", 60, 58, 14, angle=-70, paint="#5fae3f"),
        words("MY NEIGHBOR", 50, 14, 4, spacing=0.5, paint="#f4f4e0"),
        words("TOTORO", 50, 26, 11, width=80, paint="#f7f2d0", edge=("#2a4a34", 0.8), jump=0.3, spacing=0.1),
        vignette=0.25,
    ),
    # Akira: a red machine
    149: scene(
        part("ground", paint="#e8e2d4"),
        part("disc", 50, 62, 116, paint="#d3121a"),
        part("skyline", colour="#f2ece0", base=92, high=46, number=14, lit="#d3121a", share=0.1, bottom=100),
        part("skyline", colour="#1a1214", base=104, high=30, number=12, lit="#ffb04a", share=0.25),
        part("block", 50, 128, 100, paint=down("#241a1c", "#120c0e"), high=54, stretch=1.1),
        *(
            part("path", points=f"-4 {y}, 50 {y - 1}, 104 {y}", colour="#ff4a2a", width=w, alpha=0.9)
            for y, w in ((112, 0.5), (118, 0.3), (128, 0.7), (121, 0.3))
        ),
        part("motorbike", 52, 127, 76),
        part("block", 12, 118, 60, paint="#ff5a2a", high=5, alpha=0.7, soft=2),
        part("block", 10, 123, 50, paint="#ffb04a", high=4, alpha=0.7, soft=2),
        words("AKIRA", 50, 26, 19, width=90, narrow=True, paint="#120c0e", spacing=0.04),
        words("NEO-TOKYO, ANY MINUTE NOW", 50, 142, 2.6, spacing=0.3, paint="#f2ece0", width=84),
        vignette=0.1,
    ),
}
